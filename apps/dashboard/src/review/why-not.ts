import { translate } from '../text/translate.ts';

/** Why a key that decides does nothing about a SKU of which no picture is there. */
export function whyNot(sku: string, state: string | undefined): string {
  switch (state) {
    case undefined:
    case 'completed':
    case 'needsReview':
      return translate('refusedLoading', { sku });
    case 'failed':
      return translate('refusedNoPicture', { sku });
    case 'cancelled':
      return translate('refusedCancelled', { sku });
    default:
      return translate('refusedBusy', { sku });
  }
}
