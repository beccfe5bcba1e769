import { useContext } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { translate } from '../text/translate.ts';
import './selection-bar.css';

/** What can be done with the chosen SKUs, over the lower edge of the page. */
export function SelectionBar(props: {
  chosen: number;
  total: number;
  canRetry: boolean;
  onAll: () => void;
  onClear: () => void;
  onApprove: () => void;
  onReject: () => void;
  onRegenerate: () => void;
  onRetry: () => void;
}) {
  const { chosen, total, canRetry } = props;
  return (
    <section class="selection-bar" aria-label={translate('selected', { n: chosen })}>
      <strong role="status">{translate('selected', { n: chosen })}</strong>
      {chosen < total && (
        <button type="button" onClick={props.onAll}>
          {translate('selectAll', { n: total })}
        </button>
      )}
      {useContext(MayChange) && (
        <span class="selection-bar-actions">
          <button type="button" onClick={props.onApprove}>
            {translate('approve')}
          </button>
          <button type="button" onClick={props.onReject}>
            {translate('reject')}
          </button>
          <button type="button" onClick={props.onRegenerate}>
            {translate('regenerateEllipsis')}
          </button>
          {canRetry && (
            <button type="button" onClick={props.onRetry}>
              {translate('retryGroup')}
            </button>
          )}
        </span>
      )}
      <button type="button" class="selection-bar-clear" onClick={props.onClear}>
        {translate('clearSelection')}
      </button>
    </section>
  );
}
