import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './modal.css';

/**
 * A dialog over the page. The browser keeps the focus inside, closes it by Escape and gives the focus back, which it
 * can only do while the dialog is still in the page: so whatever closes it calls `close`, and `onClose` comes after.
 */
export function Modal(props: {
  label: string;
  kind: 'box' | 'drawer';
  onClose: () => void;
  children: (close: () => void) => ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => dialog.current?.close();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself
    <dialog
      ref={dialog}
      class={`modal modal-${props.kind}`}
      aria-label={props.label}
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="modal-body">{props.children(close)}</div>
    </dialog>
  );
}
