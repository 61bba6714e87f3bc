/** A part of the page that may fail by a defect of ours without taking the rest with it. */

import { Component, type ComponentChildren } from 'preact';

interface PartProps {
  /** What the part is, as a sentence about it would call it: "the charts". */
  readonly name: string;
  readonly children: ComponentChildren;
}

export class Part extends Component<PartProps, { readonly error: unknown }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(`TrainMon: a defect in ${this.props.name}.`, error);
    this.setState({ error });
  }

  override render({ name, children }: PartProps, { error }: { readonly error: unknown }) {
    if (error === null) return children;
    const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return (
      <section class="card broken" role="alert">
        <p>
          <b>A defect of TrainMon stops {name}.</b> The rest of the page goes on. Please report it, with these
          words: <code>{told}</code>
        </p>
        <button type="button" class="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </section>
    );
  }
}
