import type { Profile } from '@image-studio/contract';
import { translate } from '../../text/translate.ts';

/** Longer side of the drawing. */
const SIDE = 96;

/**
 * The frame of a profile as it will be: its shape, the least and the most that the product may fill (dashed), and the
 * product at the size that is aimed at.
 */
export function ProfileFrame({ width, height, fill }: Pick<Profile, 'width' | 'height' | 'fill'>) {
  const scale = SIDE / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const box = (share: number) => {
    const side = Math.min(w, h) * share;
    return { x: (w - side) / 2, y: (h - side) / 2, width: side, height: side };
  };
  const product = box(fill.target);
  return (
    <svg
      class="profile-frame"
      viewBox={`-1 -1 ${w + 2} ${h + 2}`}
      width={w + 2}
      height={h + 2}
      role="img"
      aria-label={translate('fillRange', { low: percent(fill.min), high: percent(fill.max) })}
    >
      <rect class="frame-paper" x="0" y="0" width={w} height={h} rx="3" />
      <path class="frame-product" d={bottle(product.x, product.y, product.height)} />
      <rect class="frame-bound" {...box(fill.max)} />
      <rect class="frame-bound" {...box(fill.min)} />
    </svg>
  );
}

/** A bottle, as high as the box and about half as wide. */
function bottle(x: number, y: number, side: number): string {
  const at = (u: number, v: number): string => `${(x + u * side).toFixed(1)} ${(y + v * side).toFixed(1)}`;
  return [
    `M${at(0.42, 0)}`,
    `L${at(0.58, 0)}`,
    `L${at(0.58, 0.2)}`,
    `C${at(0.6, 0.3)} ${at(0.75, 0.3)} ${at(0.75, 0.45)}`,
    `L${at(0.75, 0.94)}`,
    `Q${at(0.75, 1)} ${at(0.69, 1)}`,
    `L${at(0.31, 1)}`,
    `Q${at(0.25, 1)} ${at(0.25, 0.94)}`,
    `L${at(0.25, 0.45)}`,
    `C${at(0.25, 0.3)} ${at(0.4, 0.3)} ${at(0.42, 0.2)}`,
    'Z',
  ].join(' ');
}
