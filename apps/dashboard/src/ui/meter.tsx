import './meter.css';

/** A thin bar beside a figure that says the same in words. */
export function Meter({ share }: { share: number }) {
  const percent = Math.round(Math.max(0, Math.min(1, share)) * 100);
  return (
    <span class={share >= 1 ? 'meter meter-full' : 'meter'} aria-hidden="true">
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
