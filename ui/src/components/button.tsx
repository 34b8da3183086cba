import { type JSX, Show, splitProps } from "solid-js";

import { Icon, type IconName } from "./icons";

import "./button.css";

export interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once on a page at most; `danger` for what destroys; `quiet` without a border. */
  kind?: "plain" | "primary" | "danger" | "quiet";
  icon?: IconName;
  /** The name of a button that shows only its icon; also its tooltip. */
  label?: string;
  /** Shown as pressed, and told so to screen readers. */
  pressed?: boolean;
  busy?: boolean;
}

/** A button with an icon, a text, or both. */
export function Button(props: ButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, ["kind", "icon", "label", "pressed", "busy", "children", "class", "disabled"]);
  return (
    <button
      type="button"
      {...rest}
      class={`button ${own.class ?? ""}`}
      data-kind={own.kind ?? "plain"}
      data-bare={own.children === undefined ? "" : undefined}
      aria-label={own.label}
      title={rest.title ?? own.label}
      aria-pressed={own.pressed}
      aria-busy={own.busy === true ? true : undefined}
      disabled={own.disabled === true || own.busy === true}
    >
      <Show when={own.icon}>{(name) => <Icon name={name()} />}</Show>
      {own.children}
    </button>
  );
}
