import type { SampleView } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { formatEta, formatMs, formatUsd, formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';

/** What the sample tells: each figure with what it rests on. */
export function SampleFacts({ sample }: { sample: SampleView }) {
  const { passRate, accepted, pictures, medianSeconds, costUsd, usdPerAccepted, rest } = sample;
  return (
    <dl class="sample-facts">
      <Fact name={translate('samplePassRate')} value={passRate ? percent(passRate.value) : '–'}>
        {passRate && (
          <>
            {translate('samplePassCount', { accepted, pictures })}
            <br />
            {translate('sampleInterval', { low: percent(passRate.low), high: percent(passRate.high) })}
          </>
        )}
      </Fact>
      <Fact
        name={translate('samplePerAccepted')}
        value={usdPerAccepted === null ? '–' : formatUsd(usdPerAccepted)}
      >
        {translate('sampleSpent')} {formatUsd(costUsd)}
      </Fact>
      <Fact
        name={translate('sampleMedian')}
        value={medianSeconds === null ? '–' : formatMs(medianSeconds * 1000)}
      />
      <Fact name={translate('sampleRest', { skus: rest.skus })} value={formatUsdRange(rest.costUsd)}>
        {formatEta({ lowSeconds: rest.minutes.low * 60, highSeconds: rest.minutes.high * 60 })}
      </Fact>
    </dl>
  );
}

function Fact(props: { name: string; value: string; children?: ComponentChildren }) {
  return (
    <div>
      <dt class="small soft">{props.name}</dt>
      <dd>
        <b>{props.value}</b>
        {props.children && <span class="small soft">{props.children}</span>}
      </dd>
    </div>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
