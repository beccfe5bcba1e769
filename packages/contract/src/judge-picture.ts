import type { PictureMeasures } from './audit.ts';
import { type Demand, demandKey } from './demand.ts';
import type { Profile } from './profile.ts';

/** A demand that a picture fails: its key within the profile, and what was measured. */
export interface Fault {
  profile: string;
  demand: string;
  measured: number | string;
}

/** Rounding of the map on which a product's box is measured, and the shadow that one may count and another not. */
const FILL_SLACK = 0.04;
/** Share of the border that is white: what a codec and a product that touches it leave. */
const LEAST_WHITE = 0.9;
/** A pixel more or less of a side that was rounded. */
const RATIO_SLACK = 0.002;

/** What every profile demands: that the address gives a picture. */
const ALWAYS = [{ rule: 'link' }, { rule: 'image' }] as const;

/**
 * Holds the measures of a picture against the demands of a profile, in the profile's order. What could not be measured fails
 * nothing but `link` or `image`. An advice is left out where a demand of the same rule fails.
 */
export function judgePicture(measures: PictureMeasures, profile: Profile, isMain: boolean): Fault[] {
  const unseen = ALWAYS.find(({ rule }) => measures[rule] !== undefined);
  if (unseen) return [{ profile: profile.id, demand: unseen.rule, measured: measures[unseen.rule] ?? '' }];
  const faults = (profile.demands ?? []).flatMap((demand) => {
    if (demand.of === 'main' && !isMain) return [];
    const measured = failing(measures, demand);
    return measured === null ? [] : [{ demand, measured }];
  });
  const refused = new Set(
    faults.flatMap(({ demand: { rule, level } }) => (level === 'advised' ? [] : [rule])),
  );
  return faults
    .filter(({ demand: { rule, level } }) => level !== 'advised' || !refused.has(rule))
    .map(({ demand, measured }) => ({ profile: profile.id, demand: demandKey(demand), measured }));
}

/** What was measured, where it fails the demand; `null` where it does not, or nobody could tell. */
function failing(measures: PictureMeasures, demand: Demand): number | string | null {
  const { format, bytes, width, height, frames, colourSpace, white, fill, text, frame, placeholder } =
    measures;
  switch (demand.rule) {
    case 'link':
    case 'image':
      return null;
    case 'format':
      return format === undefined || demand.formats?.includes(format) ? null : format;
    case 'bytes':
      return outside(bytes, demand);
    case 'shorterSide':
      return outside(sideOf(Math.min, width, height), demand);
    case 'longerSide':
      return outside(sideOf(Math.max, width, height), demand);
    case 'megapixels':
      return width === undefined || height === undefined
        ? null
        : outside(Math.round(width * height * 1e-4) / 100, demand);
    case 'ratio':
      return width === undefined || height === undefined
        ? null
        : outside(Math.round((1000 * width) / height) / 1000, demand, RATIO_SLACK);
    case 'still':
      return frames !== undefined && frames > 1 ? frames : null;
    case 'colourSpace':
      return colourSpace === undefined || colourSpace === 'srgb' || colourSpace === 'grey'
        ? null
        : colourSpace;
    case 'background':
      return white === undefined || white >= LEAST_WHITE ? null : white;
    case 'text':
      return text ? 'text' : null;
    case 'frame':
      return frame ? 'frame' : null;
    case 'placeholder':
      return placeholder ? 'placeholder' : null;
    case 'fill':
      // Where a placeholder or a frame stands there is no product to measure.
      return placeholder || frame || text ? null : outside(fill, demand, FILL_SLACK);
  }
}

function sideOf(pick: (a: number, b: number) => number, width?: number, height?: number): number | undefined {
  return width === undefined || height === undefined ? undefined : pick(width, height);
}

function outside(
  value: number | undefined,
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Demand,
  slack = 0,
): number | null {
  return value === undefined || (value >= least - slack && value <= most + slack) ? null : value;
}
