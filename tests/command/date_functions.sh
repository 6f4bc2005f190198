# Dates come out as in moment-timezone: printing, reading, moving, setting; random zones and instants.
#   ENACT=… EN_ROOT=… tests/command/date_functions.sh [how many]
. "$EN_ROOT/tests/support/node_modules.sh"
need_node_modules moment-timezone
seed=${EN_SEED:-1}
echo "seed $seed"
node "$EN_ROOT/tests/command/date_functions.js" "$seed" "${1:-${EN_COUNT:-100000}}"
