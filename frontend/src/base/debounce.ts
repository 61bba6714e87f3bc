/** Runs `action` once the calls have paused for `milliseconds`, with the newest argument. */
export function debounce<T>(milliseconds: number, action: (argument: T) => void): (argument: T) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (argument) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(argument), milliseconds);
  };
}
