import { Component, type ComponentChildren } from 'preact';
import { translate } from '../text/translate.ts';

/** A page that fails to draw says so, with the way back, instead of leaving an empty window. */
export class CrashGuard extends Component<{ children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null };

  static override getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override componentDidCatch(error: Error): void {
    console.error(error);
  }

  render(): ComponentChildren {
    const { error } = this.state as { error: Error | null };
    if (error === null) return this.props.children;
    return (
      <div class="note note-failed" role="alert">
        <h1>{translate('pageCrashed')}</h1>
        <p>{error.message}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {translate('reload')}
        </button>
      </div>
    );
  }
}
