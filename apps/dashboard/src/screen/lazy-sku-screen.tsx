import { useEffect, useState } from 'preact/hooks';
import type { SkuScreen } from './sku-screen.tsx';

type Screen = typeof SkuScreen;

let loaded: Screen | null = null;

/** Fetches the screen's code, which the list of batches and the gallery do without; once. */
export async function loadSkuScreen(): Promise<Screen> {
  loaded ??= (await import('./sku-screen.tsx')).SkuScreen;
  return loaded;
}

/** The screen of one SKU, as soon as its code is there. */
export function LazySkuScreen(props: Parameters<Screen>[0]) {
  const [Screen, setScreen] = useState(() => loaded);
  useEffect(() => {
    if (!Screen) void loadSkuScreen().then((one) => setScreen(() => one));
  }, []);
  return Screen && <Screen {...props} />;
}
