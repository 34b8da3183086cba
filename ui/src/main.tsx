import { render } from "solid-js/web";

import "./style/tokens.css";
import "./style/base.css";

import { App } from "./app";
import { apply } from "./data/theme";

apply();
const root = document.getElementById("app");
if (!root) throw new Error("index.html has no element #app");
render(() => <App />, root);
