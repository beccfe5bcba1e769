import { useEffect, useRef } from 'preact/hooks';

/**
 * Says whether the picture at `url` was on the screen at a time (of an event, in ms), or that it cannot be had: so that no key
 * decides about a picture that nobody has looked at. `subject` names what the picture is of; without an address there is
 * nothing to be waited for.
 */
export function useSeen(subject: string, url: string | null): (atMs: number) => boolean {
  const seen = useRef({ subject: '', sinceMs: 0 });
  useEffect(() => {
    if (url === null) return;
    let isOver = false;
    const image = new Image();
    image.src = url;
    const note = (): number =>
      requestAnimationFrame((sinceMs) => {
        if (!isOver) seen.current = { subject, sinceMs };
      });
    image.decode().then(note, note);
    return () => {
      isOver = true;
    };
  }, [subject, url]);
  return (atMs) => url === null || (seen.current.subject === subject && seen.current.sinceMs <= atMs);
}
