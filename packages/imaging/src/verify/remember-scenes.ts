import type { Raster } from '../raster/raster.ts';
import { analyseScene, type Scene } from '../segment/analyse-scene.ts';

/** Gives a picture's scene, shadows kept; `null` for a picture without a background. */
export type SceneOf = (picture: Raster) => Scene | null;

/** Analyses each picture once, although several checks ask, and none that somebody analysed before (`known`). */
export function rememberScenes(known: readonly (readonly [Raster, Scene | null])[] = []): SceneOf {
  const scenes = new Map(known);
  return (picture) => {
    const scene = scenes.get(picture);
    if (scene !== undefined) return scene;
    const analysed = analyseScene(picture, { shadow: 'keep' });
    scenes.set(picture, analysed);
    return analysed;
  };
}
