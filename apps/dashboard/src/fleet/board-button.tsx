import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';

const BOARD = 'admin/queues';

/** Opens Bull Board in another tab. A browser with a key gets a ticket first, so that nobody is asked for the key again. */
export function BoardButton({ studio: { client } }: { studio: Studio }) {
  const open = async (event: MouseEvent): Promise<void> => {
    if (!client.hasKey()) return;
    event.preventDefault();
    // Opened by the click itself: a tab that is opened later is taken for an advertisement.
    const tab = globalThis.open('', '_blank');
    await client.post('board-ticket').catch(() => {});
    if (tab) tab.location.href = new URL(BOARD, document.baseURI).href;
  };
  return (
    <a class="button" href={BOARD} target="_blank" rel="noreferrer" onClick={(event) => void open(event)}>
      {translate('openBoard')}
    </a>
  );
}
