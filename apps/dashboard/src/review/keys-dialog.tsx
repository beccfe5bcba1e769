import { useContext } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { TextKey } from '../text/english.ts';
import { translate } from '../text/translate.ts';
import { letterKeys, setLetterKeys } from '../ui/letter-keys.ts';
import { Modal } from '../ui/modal.tsx';
import { useStore } from '../ui/use-store.ts';
import './keys-dialog.css';

const KEYS: [keys: string[], what: TextKey][] = [
  [['←', '↑', '→', '↓'], 'keyArrows'],
  [['Enter'], 'keyEnter'],
  [['A'], 'approve'],
  [['R'], 'reject'],
  [['G'], 'regenerateEllipsis'],
  [['Shift', 'A / R'], 'keyAllPictures'],
  [['W'], 'rejectBecause'],
  [['M'], 'adjustEllipsis'],
  [['Z'], 'undo'],
  [['↑', '↓'], 'keyPictures'],
  [['L'], 'keyLoupe'],
  [['+', '-'], 'keyCloser'],
  [['V'], 'keyView'],
  [['P'], 'keyPreview'],
  [['Space'], 'keySpace'],
  [['Shift', '←↑→↓'], 'keyShift'],
  [['Ctrl', 'A'], 'keyAll'],
  [['/'], 'keySearch'],
  [['Esc'], 'keyEscape'],
  [['?'], 'keyHelp'],
];

/** Keys that change something: not for viewers. */
const CHANGING: ReadonlySet<TextKey> = new Set<TextKey>([
  'approve',
  'reject',
  'regenerateEllipsis',
  'keyAllPictures',
  'rejectBecause',
  'adjustEllipsis',
  'undo',
  'keySpace',
  'keyShift',
  'keyAll',
]);

/** Every key of the gallery and of the screen of one SKU. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const isOn = useStore(letterKeys);
  const mayChange = useContext(MayChange);
  return (
    <Modal kind="box" label={translate('keys')} onClose={onClose}>
      {(close) => (
        <div class="dialog-form">
          <h2>{translate('keys')}</h2>
          <dl class="keys">
            {KEYS.filter(([, what]) => mayChange || !CHANGING.has(what)).map(([keys, what]) => (
              <div key={what}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{translate(what)}</dd>
              </div>
            ))}
          </dl>
          <label class="keys-switch">
            <input
              type="checkbox"
              checked={isOn}
              onChange={(event) => setLetterKeys(event.currentTarget.checked)}
            />
            <span>
              {translate('letterKeys')} <span class="small soft">{translate('letterKeysHint')}</span>
            </span>
          </label>
          <div class="dialog-buttons">
            <button type="button" class="primary" onClick={close}>
              {translate('close')}
            </button>
          </div>
        </div>
      )}
    </Modal>
  );
}
