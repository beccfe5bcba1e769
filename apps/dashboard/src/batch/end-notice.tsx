import type { BatchView } from '@image-studio/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import { statusWords } from './status-words.ts';

const isKnown = (): boolean => 'Notification' in globalThis;

/** Offers once to tell the person, behind whatever window, that the batch has ended; and tells. */
export function EndNotice({ batch, name }: { batch: BatchView; name: string }) {
  const [permission, setPermission] = useState(isKnown() ? Notification.permission : 'denied');
  const isOpen = batch.finishedAt === null;
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen && permission === 'granted' && document.hidden) {
      const words = [translate(batch.status), statusWords(batch)].filter((text) => text !== '').join(' · ');
      new Notification(translate('endedTitle', { name }), { body: words, tag: batch.id });
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (!isOpen || permission !== 'default') return null;
  return (
    <button type="button" onClick={() => void Notification.requestPermission().then(setPermission)}>
      {translate('tellMe')}
    </button>
  );
}
