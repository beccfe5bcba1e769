import type { Check } from '@image-studio/contract';
import type { Findings } from '../compose/place-on-white.ts';
import type { Evidence } from './evidence.ts';

/* What only the model's picture could tell, before its product was set on white: composing found it. */

export function checkBackground({ findings }: Evidence): Check | null {
  if (!findings) return null;
  const { background } = findings;
  return {
    rule: 'background',
    measured: background,
    required: 'an even background around the product',
    pass: background === 'lifted' || background === 'plain',
    ...fixOfBackground(findings),
  };
}

/** A cut that looks wrong is for somebody to look at; one without doubt needs no mention. */
export function checkCutOut({ findings }: Evidence): Check | null {
  if (findings?.doubt === undefined) return null;
  const required = 'a cut-out along the edges of the product';
  return { rule: 'cutOut', measured: findings.doubt, required, pass: false };
}

/** A model that cuts the product off shows less of it than the photo; only where the photo did so too there is no help. */
export function checkAnswerEdgeTouch({ findings, spec }: Evidence): Check | null {
  if (!findings || findings.touches.length === 0 || !spec.aiGenerated) return null;
  return {
    rule: 'edgeTouch',
    measured: `cut off at the ${findings.touches.join(' and ')} edge of the model's picture`,
    required: 'false: the product stands free of the frame',
    pass: false,
    ...fixOfEdges(findings),
  };
}

function fixOfBackground({ background, backgroundColour }: Findings): { fix?: string } {
  if (background === 'scene' || background === 'plain')
    return { fix: 'no background was found around the product; the whole picture was placed on white' };
  const isWhite = !backgroundColour || Math.min(...backgroundColour) === 255;
  return isWhite ? {} : { fix: `background rgb(${backgroundColour.join(', ')}) made white` };
}

export function fixOfEdges({ touches }: Findings): { fix?: string } {
  if (touches.length === 0) return {};
  return { fix: `the model's picture cut the product off at its ${touches.join(' and ')} edge` };
}
