import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

import { leanYaml } from "./build/lean-yaml.js";
import { precompress } from "./build/precompress.js";

const server = process.env["TRAINYARD_SERVER"] ?? "http://127.0.0.1:5000";
const proxied = { target: server, changeOrigin: true };

export default defineConfig({
  // Relative addresses, so that the same files work below any --static-prefix.
  base: "./",
  plugins: [solid(), leanYaml(), precompress()],
  // The browser's edition of this package reads names of characters by way of innerHTML.
  resolve: {
    alias: {
      "decode-named-character-reference": new URL("src/components/markdown/named-characters.ts", import.meta.url)
        .pathname,
    },
  },
  build: {
    target: "es2022",
    // The server's policy allows no data: scripts, and hashed files are kept by browsers anyway.
    assetsInlineLimit: 0,
    // The names of all chunks, for build/budget.js.
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    // What most pages need comes in one file: a file of its own for each component compresses worse, and costs a request.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "shared", test: /src\/(components|data)\/[^/]*$/, minShareCount: 5 }] },
      },
    },
  },
  server: { proxy: { "/api": proxied, "/ajax-api": proxied, "/get-artifact": proxied, "/model-versions": proxied } },
  test: {
    include: ["{src,bench}/**/*.test.{ts,tsx}"],
    environment: "node",
    server: { deps: { inline: [/mdast/, /micromark/] } },
  },
});
