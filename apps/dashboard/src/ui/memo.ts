import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

/** A component that is drawn anew only when one of its properties is another; `preact/compat` is not needed for it. */
export function memo<P extends object>(draw: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const before = this.props as Record<string, unknown>;
      const after = next as Record<string, unknown>;
      const names = Object.keys(after);
      return (
        names.length !== Object.keys(before).length || names.some((name) => before[name] !== after[name])
      );
    }
    render(): ComponentChild {
      return h(draw, this.props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
