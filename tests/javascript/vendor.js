// Resolves `../vendor/NAME`, which is beside our modules once they are collected, to where `make assets` puts it.

const VENDOR = new URL("../../.cache/vendor/", import.meta.url);

export function resolve(specifier, context, next) {
  const [, name] = specifier.split("/vendor/");
  return name ? next(new URL(name, VENDOR).href, context) : next(specifier, context);
}
