import sharp from 'sharp';
import { answerCases } from './answers/answer-cases.ts';
import { listingCases } from './answers/listing-cases.ts';
import { numbersIn, openImaging } from './thresholds.ts';

const PHOTO = ['checkUnchanged', 'checkLikeness', 'checkTextOnProduct'];
const LISTING = ['text', 'frame', 'placeholder'];
/** The checks that the numbers of a table decide. */
const CHECKS_OF: Record<string, string[]> = {
  'audit/find-frame': LISTING,
  'audit/find-text': LISTING,
  'audit/is-placeholder': LISTING,
  'verify/check-additions': ['checkAdditions', ...LISTING],
  'verify/line-of-text': ['checkAdditions', 'checkTextOnProduct', ...LISTING],
  'verify/check-text-on-product': ['checkTextOnProduct'],
  'verify/check-answer': [
    'checkAnswerSize',
    'checkAnswerRatio',
    'checkAnswerNotBlank',
    'checkAnswerSharpness',
  ],
  'verify/check-file': ['checkRatio', 'checkNotBlank', 'checkSharpness', 'checkFill'],
  'verify/check-colour': ['checkColour'],
  'verify/colour-agreement': ['checkColour'],
  'verify/product-colours': ['checkColour'],
  'verify/check-likeness': ['checkLikeness'],
  'verify/patch-likeness': PHOTO,
  'verify/check-unchanged': ['checkUnchanged'],
  'verify/compare-placement': ['checkUnchanged'],
  'verify/copy-distance': ['checkUnchanged'],
};

/**
 * `npm run bench -- answers [part of a file's name …]`: draws right and wrong answers to photos whose product is known, and pictures of a
 * shop with and without planted faults, and prints how many of each kind are called wrong, and by which checks. For each number of the named tables of `verify` and
 * `audit` in packages/imaging it also says how many the checks that it decides call wrong when it is halved, left as it is and
 * doubled. `STUDIO_BENCH_PHOTOS` names a folder of other photos: each `NAME.jpg` with its product's opacity beside it, `NAME.alpha.png`.
 */
export async function benchAnswers(only: string[]): Promise<void> {
  sharp.concurrency(1);
  sharp.cache(false);
  const { imaging, tables, close } = await openImaging();
  try {
    const numbers = [...tables].flatMap(([file, table]) => {
      const checks = CHECKS_OF[file];
      if (!checks || !only.some((part) => file.includes(part))) return [];
      return numbersIn(table).map((number) => ({
        ...number,
        file,
        checks,
        right: [0, 0, 0],
        wrong: [0, 0, 0],
      }));
    });
    const kinds: Record<string, Record<string, number>> = {};
    const sources = [
      { draw: answerCases, isIts: (check: string) => !LISTING.includes(check) },
      { draw: listingCases, isIts: (check: string) => LISTING.includes(check) },
    ];
    for (const { draw, isIts } of sources) {
      const asked = numbers.filter(({ checks }) => checks.some(isIts));
      if (numbers.length > 0 && asked.length === 0) continue;
      for await (const { kind, isRight, calls } of draw(imaging)) {
        kinds[kind] ??= {};
        const row = kinds[kind];
        const called = await calls();
        for (const column of ['pictures', ...(called.length > 0 ? ['called wrong'] : []), ...called])
          row[column] = (row[column] ?? 0) + 1;
        for (const { holder, key, value, checks, right, wrong } of asked) {
          const counts = isRight ? right : wrong;
          const isNow = called.some((check) => checks.includes(check));
          for (const [way, times] of [0.5, 1, 2].entries()) {
            holder[key] = value * times;
            const isCalled = times === 1 ? isNow : (await calls(checks)).length > 0;
            counts[way] = (counts[way] ?? 0) + Number(isCalled);
          }
          holder[key] = value;
        }
      }
    }
    console.table(kinds);
    for (const { file, name, value, right, wrong } of numbers)
      console.log(
        `${file} ${name} ${value}: right ones called wrong ${right}; wrong ones called wrong ${wrong}`,
      );
  } finally {
    close();
  }
}
