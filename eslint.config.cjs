// What `make check` asks of scripts, beside their form, which prettier decides.

const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
  { ignores: [".cache/", ".venv/"] },
  js.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 10],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-depth": ["error", 3],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 60],
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["parking/web/templates/web/sw.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["tests/javascript/**/*.js"], languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: globals.node } },
];
