import { useNavigate } from "@solidjs/router";
import { type JSX } from "solid-js";

import { Dialog } from "./dialog";
import { MenuList } from "./menu";

/** Goes to a page by typing its name. */
export default function Palette(props: { onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  return (
    <Dialog title="Go to" onClose={() => props.onClose()}>
      <MenuList
        onClose={() => props.onClose()}
        items={[
          { label: "Experiments", icon: "folder", run: () => navigate("/experiments") },
          { label: "Models", icon: "box", run: () => navigate("/models") },
        ]}
      />
    </Dialog>
  );
}
