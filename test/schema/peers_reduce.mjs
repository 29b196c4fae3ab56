// peers_reduce.mjs: a pair on which two judges differ, made small: what can be left out while they
// still differ is left out.

const isBox = (value) => typeof value === 'object' && value !== null;
const size = (value) => JSON.stringify(value).length;

// All values that are `value` with one thing left out, or with one box replaced by what it holds.
function* smaller(value) {
  if (typeof value === 'string' && value.length > 1) yield value.slice(1);
  if (!isBox(value)) return;
  const isList = Array.isArray(value);
  for (const key of Object.keys(value).reverse()) {
    if (key === '$schema') continue;
    yield isList ? value.filter((_, at) => at !== Number(key)) : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    if (isBox(value[key])) for (const inner of Object.values(value[key])) if (isBox(inner)) yield put(value, key, inner);
    if (isBox(value[key]) && !isList && !Array.isArray(value[key]) && value.$schema !== undefined) yield { $schema: value.$schema, ...value[key] };
    for (const inner of smaller(value[key])) yield put(value, key, inner);
  }
}
function put(box, key, inner) {
  if (Array.isArray(box)) return box.map((one, at) => (at === Number(key) ? inner : one));
  return { ...box, [key]: inner };
}

// `differ(schemaText, instanceText)` says whether the pair still shows the difference.
export function reduce(schemaText, instanceText, differ, rounds = 500) {
  let schema = JSON.parse(schemaText);
  let instance = JSON.parse(instanceText);
  const shrink = (value, holds) => {
    for (let again = true; again && rounds > 0; ) {
      again = false;
      for (const less of smaller(value)) {
        if (rounds-- <= 0) break;
        if (size(less) >= size(value) || !holds(less)) continue;
        value = less;
        again = true;
        break;
      }
    }
    return value;
  };
  if (!differ(JSON.stringify(schema), JSON.stringify(instance))) return { schema: schemaText, instance: instanceText };
  schema = shrink(schema, (less) => differ(JSON.stringify(less), JSON.stringify(instance)));
  instance = shrink(instance, (less) => differ(JSON.stringify(schema), JSON.stringify(less)));
  schema = shrink(schema, (less) => differ(JSON.stringify(less), JSON.stringify(instance)));
  return { schema: JSON.stringify(schema), instance: JSON.stringify(instance) };
}
