import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';

/** A page names itself within this. */
const NAMED_MS = 400;

/** Moves the focus into each new page and says its name to those who do not see it change. */
export function PageAnnouncer() {
  const [path] = useLocation();
  const [words, setWords] = useState('');
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    document.getElementById('content')?.focus({ preventScroll: true });
    const timer = setTimeout(() => setWords(document.title), NAMED_MS);
    return () => clearTimeout(timer);
  }, [path]);
  return (
    <div class="visually-hidden" role="status">
      {words}
    </div>
  );
}
