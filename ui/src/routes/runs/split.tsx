import { createSignal, type JSX, Show } from "solid-js";

export interface SplitProps {
  open: boolean;
  /** Part of the width that the side takes. */
  share: number;
  onShare: (share: number) => void;
  side: () => JSX.Element;
  children: JSX.Element;
}

const STEP = 0.05;

/** The table with something beside it; on a narrow page below each other. */
export function Split(props: SplitProps): JSX.Element {
  const [moving, setMoving] = createSignal<number>();
  const share = () => moving() ?? props.share;
  let element!: HTMLDivElement;
  const clamp = (value: number) => Math.min(0.8, Math.max(0.2, value));

  function drag(event: PointerEvent): void {
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const box = element.getBoundingClientRect();
    const follow = (next: PointerEvent) => setMoving(clamp((box.right - next.clientX) / box.width));
    const end = () => {
      handle.removeEventListener("pointermove", follow);
      const last = moving();
      setMoving(undefined);
      if (last !== undefined) props.onShare(Math.round(last * 1000) / 1000);
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  return (
    <div class="split" ref={element} data-open={props.open ? "" : undefined}>
      <section class="split-main" aria-label="Table of runs">
        {props.children}
      </section>
      <Show when={props.open}>
        <div
          class="split-handle"
          role="separator"
          tabIndex={0}
          aria-orientation="vertical"
          aria-label="Width of the charts"
          aria-valuenow={Math.round(share() * 100)}
          aria-valuemin={20}
          aria-valuemax={80}
          onPointerDown={drag}
          onKeyDown={(event) => {
            const direction = event.key === "ArrowLeft" ? 1 : event.key === "ArrowRight" ? -1 : 0;
            if (direction === 0) return;
            event.preventDefault();
            props.onShare(clamp(props.share + direction * STEP));
          }}
        />
        <aside class="split-side" aria-label="Charts" style={{ "flex-basis": `${String(share() * 100)}%` }}>
          {props.side()}
        </aside>
      </Show>
    </div>
  );
}
