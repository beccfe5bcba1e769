import { z } from 'zod';

/** Ids are ours: short and plain. Anything longer is not looked up at all. */
export const BatchPath = z.object({ id: z.string().max(64) });

/** Pages and filters that lists share. Cursors are the server's own and come back as they were given. */
export const PageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
});
