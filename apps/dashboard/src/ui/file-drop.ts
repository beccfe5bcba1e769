import { useState } from 'preact/hooks';

/** Largest submission that the API takes, bytes. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** Lets files be dropped on an element: its listeners, and whether something is held over it. */
export function useFileDrop(take: (dropped: DataTransfer) => void) {
  const [isOver, setOver] = useState(false);
  const listeners = {
    onDragOver(event: DragEvent) {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) take(event.dataTransfer);
    },
  };
  return { isOver, listeners };
}
