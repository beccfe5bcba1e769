import type { StudioApi } from '@image-studio/queue';
import type { Links } from '../views/links.ts';

/** The ports that handlers use. */
export interface RouteContext {
  api: StudioApi;
  links: Links;
}
