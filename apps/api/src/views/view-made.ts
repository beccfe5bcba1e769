import type { BatchView } from '@image-studio/contract';
import { secondaryKinds } from '@image-studio/planning';
import type { BatchState } from '@image-studio/queue';

/** How and by whom a batch was made. Without the address of its webhook, which may hold a secret. */
export function viewMade({
  options: all,
  by,
}: Pick<BatchState, 'options' | 'by'>): NonNullable<BatchView['made']> {
  const { webhookUrl: _, ...options } = all;
  return {
    profile: typeof options.profile === 'string' ? options.profile : 'own',
    kinds: [...(options.main === false ? [] : ['main']), ...secondaryKinds(all)],
    language: options.language,
    ...(by !== undefined && { by }),
    options,
  };
}
