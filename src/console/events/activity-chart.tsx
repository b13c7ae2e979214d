import type { Bar, Shown } from "./activity.ts";
import { startOf } from "./duration.ts";
import { usePage } from "../shared/page-context.tsx";

/** In units of the drawing: a bar with the gap behind it, and a row with the gap above it. */
const PITCH = 4;
const BAR = 3;
const ROW = 22;
const TALLEST = 18;
const LEAST = 1.5;

/** A row of bars for each kind, so that no colour tells them apart. What is drawn is told by the table. */
export function ActivityChart({ kinds, activity: { bars, stepMs }, hrefOf }: Shown) {
  const { now } = usePage();
  const [width, height] = [bars.length * PITCH, kinds.length * ROW];
  return (
    <div class="chart">
      <ul>
        {kinds.map(({ name, total }) => (
          <li>
            {name} <b>{total}</b>
          </li>
        ))}
      </ul>
      <div aria-hidden="true">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          width={`${bars.length * 2}em`}
          height={`${kinds.length * 1.75}em`}
        >
          {bars.map((bar, index) => (
            <Way bar={bar} x={index * PITCH} height={height} href={hrefOf(bar)} start={startOf(bar, stepMs, now)} />
          ))}
          <path class="ground" d={kinds.map((_, row) => `M0 ${(row + 1) * ROW - 0.5}h${width}`).join("")} />
          <path d={barsPath(bars, kinds)} />
        </svg>
        <p>
          <span>{startOf(bars[0], stepMs, now)}</span>
          {bars.length > 9 && <span>{startOf(bars.at(-1), stepMs, now)}</span>}
        </p>
      </div>
    </div>
  );
}

/** For a pointer alone: the table has the same links for everybody. */
function Way({ bar, x, height, href, start }: { bar: Bar; x: number; height: number; href: string; start: string }) {
  const count = [...bar.counts.values()].reduce((sum, more) => sum + more, 0);
  if (count === 0) return <></>;
  return (
    <a href={href} tabindex={-1}>
      <title>{`${start}: ${count}`}</title>
      <rect x={x} width={PITCH} height={height} />
    </a>
  );
}

function barsPath(bars: Bar[], kinds: Shown["kinds"]): string {
  const most = Math.max(...bars.flatMap(({ counts }) => [...counts.values()]));
  return kinds
    .flatMap(({ name }, row) =>
      bars.map(({ counts }, index) => {
        const count = counts.get(name);
        if (count === undefined) return "";
        const tall = Math.max(LEAST, Math.round((count / most) * TALLEST * 10) / 10);
        return `M${index * PITCH} ${(row + 1) * ROW - 1}v-${tall}h${BAR}v${tall}z`;
      }),
    )
    .join("");
}
