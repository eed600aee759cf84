"""Names that mean something else in JavaScript."""

#: What every object has in JavaScript, so that tf.js finds it under these names.
OF_EVERY_OBJECT = frozenset(
    (
        "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
        "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
        "toLocaleString", "toString", "valueOf",
    )
)  # fmt: skip
