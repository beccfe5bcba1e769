import { useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';

/** Another address in the place of a photo's, or a file from disk; then the SKU is tried again. */
export function ReplacePhoto(props: {
  url: string;
  /** The photo is what failed. */
  isOpen: boolean;
  /** Rejects with `ProblemError`, of which the form tells. */
  onReplace: (by: string | File) => Promise<void>;
  /** Whether another address has been typed that nobody has sent. */
  onTyped: (isTyped: boolean) => void;
}) {
  const { url, isOpen, onReplace, onTyped } = props;
  const [address, setAddress] = useState(url);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const replace = (by: string | File): void => {
    setBusy(true);
    setProblem(null);
    onReplace(by)
      .then(() => onTyped(false))
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        setProblem(error);
      })
      .finally(() => setBusy(false));
  };
  return (
    <details class="replace-photo small" open={isOpen}>
      <summary>{translate('replacePhoto')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          replace(address.trim());
        }}
      >
        <label>
          {translate('newAddress')}
          <input
            type="text"
            required
            maxLength={4096}
            value={address}
            onInput={(event) => {
              setAddress(event.currentTarget.value);
              onTyped(event.currentTarget.value.trim() !== url);
            }}
          />
        </label>
        <label>
          {translate('orFile')}
          <input
            type="file"
            accept="image/*"
            disabled={isBusy}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) replace(file);
            }}
          />
        </label>
        <button type="submit" disabled={isBusy || address.trim() === url}>
          {translate('replaceAndRetry')}
        </button>
        {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      </form>
    </details>
  );
}
