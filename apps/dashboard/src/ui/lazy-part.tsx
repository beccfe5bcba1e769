import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';

/** A part of the dashboard whose code comes when somebody asks for it. */
export interface LazyPart<Props> {
  (props: Props & { children?: ComponentChildren }): ComponentChildren;
  /** Fetches the code; once. Rejects when it cannot be had: the next call tries again. */
  load(): Promise<void>;
  isLoaded(): boolean;
}

/** `coming` stands in its place until it is there. A part that cannot be fetched is an error of the page (`CrashGuard`). */
export function lazyPart<Props extends object>(
  fetchPart: () => Promise<ComponentType<Props>>,
  coming: () => ComponentChildren = () => null,
): LazyPart<Props> {
  let Part: ComponentType<Props> | null = null;
  const load = async (): Promise<void> => {
    Part ??= await fetchPart();
  };
  function Lazy(props: Props): ComponentChildren {
    const [, redraw] = useState({});
    const [isMissing, setMissing] = useState(false);
    useEffect(() => {
      if (!Part)
        load().then(
          () => redraw({}),
          () => setMissing(true),
        );
    }, []);
    if (isMissing) throw new Error(translate('partMissing'));
    return Part ? <Part {...props} /> : coming();
  }
  return Object.assign(Lazy, { load, isLoaded: () => Part !== null });
}
