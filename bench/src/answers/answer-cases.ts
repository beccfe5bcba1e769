import { BatchOptions } from '@image-studio/contract';
import type * as steps from '@image-studio/imaging/bench';
import type { Case } from './case.ts';
import { ANSWERS, type AnswerKind } from './kinds.ts';
import { type KnownCut, knownCuts } from './known-cuts.ts';

type Imaging = typeof steps;

/** Each photo gets every eighth kind of answer. */
const EVERY = 8;
/** Of several photos of one product the one so many before shows another one. */
const PHOTOS_OF_ONE = 5;

/** Right and wrong answers to photos, each finished as a worker does. */
export async function* answerCases(imaging: Imaging): AsyncGenerator<Case> {
  const before: KnownCut[] = [];
  for await (const product of knownCuts()) {
    const other = before.at(-PHOTOS_OF_ONE);
    before.push(product);
    if (!other) continue;
    for (const [place, [kind, answer]] of Object.entries(ANSWERS).entries()) {
      if ((place + before.length) % EVERY !== 0) continue;
      const picture = await answer.draw(product, other);
      yield { kind, isRight: answer.isRight, calls: await finished(imaging, picture, product.photo, answer) };
    }
  }
}

async function finished(
  imaging: Imaging,
  picture: Buffer,
  photo: Buffer,
  { kind }: AnswerKind,
): Promise<Case['calls']> {
  const output = imaging.planOutput(
    BatchOptions.parse({ profile: { width: 800, height: 800, format: 'jpeg' } }),
  );
  const spec = {
    ...output,
    ...(kind === undefined
      ? { role: 'main' as const, kind: 'main' as const }
      : { role: 'secondary' as const, kind }),
    aiGenerated: true,
    asked: { aspectRatio: '1:1' },
    photos: [photo],
  };
  const answer = await imaging.decodePicture(picture, 2 * spec.width);
  const composed =
    kind === undefined
      ? await imaging.composeMain(answer, spec)
      : await imaging.composeSecondary(imaging.overWhite(answer), spec);
  const encoded = await imaging.encodeFinished(composed.frame, spec, new AbortController().signal);
  const captioned = { frame: composed.frame, checks: [] };
  const evidence = await imaging.gatherEvidence({ answer, composed, captioned, encoded }, spec);
  const { onWhite, photos, sceneOf } = evidence;
  return async (names) => {
    const anew = { ...evidence, match: () => imaging.matchWithPhoto(onWhite, photos[0], sceneOf) };
    const wanted = imaging.CHECKS.filter(({ name }) => names?.includes(name) !== false);
    return wanted.filter((check) => check(anew)?.pass === false).map(({ name }) => name);
  };
}
