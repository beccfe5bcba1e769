import { describe, expect, test } from '@jest/globals';
import { drawableText } from './drawable-text.ts';

/** Private use: no font has them. */
const NOBODYS_LETTER = '\ue0f1';
/** Of the pictographs that Unicode keeps free: no font has them yet. */
const NOBODYS_PICTOGRAPH = '\u{1f1fb}\u{1fafe}';

describe('what can be drawn of a text', () => {
  test('is all of it where fonts have every character', async () => {
    for (const text of [
      'Sofa “XL” – 220 × 95 cm ½ ★',
      'Größe żółć Привет Ωμέγα',
      '加厚天鹅绒口回日国',
      '□ ■ ▢',
    ]) {
      expect(await drawableText(text)).toEqual({ text, leftOut: [], missing: [] });
    }
  });

  test('names letters that no font has, and leaves them in', async () => {
    const { text, missing } = await drawableText(`Made by ${NOBODYS_LETTER}`);
    expect(missing).toEqual([NOBODYS_LETTER]);
    expect(text).toBe(`Made by ${NOBODYS_LETTER}`);
  });

  test('leaves pictographs out that no font has, with what joins them', async () => {
    const [, pictograph = ''] = [...NOBODYS_PICTOGRAPH];
    const { text, leftOut, missing } = await drawableText(`Party ${pictograph}\ufe0f proof ${pictograph}`);
    expect({ text, leftOut, missing }).toEqual({ text: 'Party proof', leftOut: [pictograph], missing: [] });
  });
});
