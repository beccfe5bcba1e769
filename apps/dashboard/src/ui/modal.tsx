import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import { type PressKey, useKeyLayer } from './key-layers.ts';
import './modal.css';

/**
 * A dialog over the page. The browser keeps the focus inside and gives it back, which it can only do while the dialog
 * is still in the page: so whatever closes it calls `close`, and `onClose` comes after. Escape and a click beside it
 * close it, too; when `isDirty`, not before asking whether what was typed may be lost.
 */
export function Modal(props: {
  label: string;
  kind: 'box' | 'screen';
  isDirty?: boolean;
  /** Keys of the dialog, wherever the focus is in it. */
  press?: PressKey;
  onClose: () => void;
  children: (close: () => void) => ComponentChildren;
}) {
  const { label, kind, isDirty = false, press = () => false, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [isAsking, setAsking] = useState(false);
  const close = (): void => dialog.current?.close();
  const leave = (): void => {
    if (isDirty && !isAsking) setAsking(true);
    else if (isAsking) setAsking(false);
    else close();
  };
  useEffect(() => dialog.current?.showModal(), []);
  useKeyLayer(kind, press, () => dialog.current?.open === true);
  return (
    <dialog
      ref={dialog}
      class={`modal modal-${kind}`}
      aria-label={label}
      onClose={onClose}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        leave();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) leave();
      }}
    >
      <div class="modal-body">{props.children(close)}</div>
      {isAsking && <AskBeforeLosing onKeep={() => setAsking(false)} onLose={close} />}
    </dialog>
  );
}

function AskBeforeLosing({ onKeep, onLose }: { onKeep: () => void; onLose: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div class="modal-ask" role="alertdialog" aria-label={translate('loseWords')}>
      <p>{translate('loseWords')}</p>
      <button ref={keep} type="button" class="primary" onClick={onKeep}>
        {translate('keepEditing')}
      </button>
      <button type="button" onClick={onLose}>
        {translate('loseThem')}
      </button>
    </div>
  );
}
