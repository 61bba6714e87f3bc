/** The place of the log while it is being read. */

export function LogSkeleton() {
  return (
    <section class="card log" aria-labelledby="log-heading">
      <h2 id="log-heading">Training log</h2>
      <LogComing />
    </section>
  );
}

export function LogComing() {
  return <div class="log-scroll skeleton" role="status" aria-label="The log is being read" />;
}
