import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "./button";
import { Dialog } from "./dialog";

interface Question {
  title: string;
  /** What will happen. */
  text: string;
  /** The verb on the button. */
  action: string;
  /** To be typed before the button works, for what cannot be undone. */
  typed?: string;
}

const [asked, setAsked] = createSignal<(Question & { answer: (yes: boolean) => void }) | undefined>();

/** Asks before something that cannot be undone. For what can, do it and offer an undo instead. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked()?.answer(false);
    setAsked({
      ...question,
      answer: (yes) => {
        setAsked(undefined);
        resolve(yes);
      },
    });
  });
}

/** Where questions appear; once, in the frame. */
export function Confirmations(): JSX.Element {
  return (
    <Show when={asked()} keyed>
      {(question) => {
        const [typed, setTyped] = createSignal("");
        const ready = () => question.typed === undefined || typed() === question.typed;
        return (
          <Dialog
            title={question.title}
            onClose={() => question.answer(false)}
            onSubmit={() => {
              if (ready()) question.answer(true);
            }}
            actions={
              <>
                <Button onClick={() => question.answer(false)}>Cancel</Button>
                <Button kind="danger" type="submit" disabled={!ready()}>
                  {question.action}
                </Button>
              </>
            }
          >
            <p>{question.text}</p>
            <Show when={question.typed}>
              {(word) => (
                <label class="field">
                  <span class="muted">
                    Type <code>{word()}</code> to go on
                  </span>
                  <input
                    class="input"
                    autocomplete="off"
                    spellcheck={false}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                  />
                </label>
              )}
            </Show>
          </Dialog>
        );
      }}
    </Show>
  );
}
