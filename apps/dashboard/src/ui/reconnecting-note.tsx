import { useEffect, useState } from 'preact/hooks';
import type { LinkStatus } from '../live/live-link.ts';
import type { Store } from '../state/store.ts';
import { translate } from '../text/translate.ts';
import { useStore } from './use-store.ts';
import './reconnecting-note.css';

/** A blink of the network is not worth a word. */
const PATIENCE_MS = 1_500;

/** Says that what is shown may be old, over the page so that nothing moves. */
export function ReconnectingNote({ status }: { status: Store<LinkStatus> }) {
  const link = useStore(status);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (link !== 'reconnecting') return;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [link]);
  return (
    <div class="reconnecting" role="status">
      {isLong && (
        <p>
          <strong>{translate('reconnecting')}</strong> {translate('reconnectingHint')}
        </p>
      )}
    </div>
  );
}
