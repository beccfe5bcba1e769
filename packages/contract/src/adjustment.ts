import { z } from 'zod';

const Share = z.number().min(0).max(1);

/**
 * How a person places the product of a main picture anew. All lengths are shares of the picture's sides. First what lies
 * outside of `crop` becomes white; then the picture is scaled about its centre, and then moved by `x` to the right and
 * `y` downwards.
 */
export const Adjustment = z
  .strictObject({
    scale: z.number().min(0.2).max(4).default(1),
    x: z.number().min(-1).max(1).default(0),
    y: z.number().min(-1).max(1).default(0),
    crop: z
      .strictObject({ left: Share, top: Share, right: Share, bottom: Share })
      .refine(({ left, top, right, bottom }) => right > left && bottom > top, {
        error: 'must leave something: left < right and top < bottom',
      })
      .optional(),
  })
  .meta({ id: 'Adjustment' });
export type Adjustment = z.infer<typeof Adjustment>;
