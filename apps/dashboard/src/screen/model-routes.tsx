import type { ImageView, RouteStep, SkuView } from '@image-studio/contract';
import { formatTime } from '../text/format.ts';
import { slotName } from '../text/slot-name.ts';
import { language, translate } from '../text/translate.ts';

/** Which model made each picture and which ones could not, and why; nothing where one model makes all. */
export function ModelRoutes({ sku: { images, routes = {} } }: { sku: Pick<SkuView, 'images' | 'routes'> }) {
  const models = new Set(images.flatMap(({ model }) => (model === '' ? [] : [model])));
  if (Object.keys(routes).length === 0 && models.size < 2) return null;
  const slots = [...new Set([...images.map(({ slot }) => slot), ...Object.keys(routes)])];
  return (
    <section class="panel-part">
      <h2>{translate('routes')}</h2>
      <ul class="history small">
        {slots.flatMap((slot) => [
          ...latestOfEach(routes[slot] ?? []).map((step) => (
            <li key={`${slot} ${step.at} ${step.to}`}>
              {stepWords(slot, step)} <span class="soft">{formatTime(step.at, language.get())}</span>
            </li>
          )),
          ...images
            .filter((image) => image.slot === slot)
            .map((image) => <MadeBy key={slot} image={image} />),
        ])}
      </ul>
    </section>
  );
}

function MadeBy({ image: { slot, model } }: { image: ImageView }) {
  return <li>{translate('routeMadeBy', { what: slotName(slot), model })}</li>;
}

function stepWords(slot: string, { from, to, why }: RouteStep): string {
  const what = slotName(slot);
  if (why === 'retried') return translate('routeAgain', { what, to });
  if (why === 'recovered') return translate('routeRecovered', { what, from, to });
  return translate('routeStep', { what, from, to, why: translate(`route_${why}`) });
}

/** Steps that were taken again in later rounds are told once. */
function latestOfEach(steps: readonly RouteStep[]): RouteStep[] {
  return [...new Map(steps.map((step) => [`${step.from} ${step.to} ${step.why}`, step])).values()];
}
