# Numbers and arrays come out as in JavaScript and decimal.js: arithmetic, rounding, printing, reading,
# statistics, order and duplicates.
. "$EN_ROOT/tests/support/node_modules.sh"
need_node_modules decimal.js
seed=${EN_SEED:-1}
echo "seed $seed"
node "$EN_ROOT/tests/command/number_functions.js" "$seed" "${1:-${EN_COUNT:-100000}}"
