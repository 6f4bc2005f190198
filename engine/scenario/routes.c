#include "scenario/loader.h"

static en_value conditions_of(en_value filter)
{
    return filter.tag == EN_COLLECTION ? en_collection_find(filter, EN_TEXT("conditions")) : filter;
}

static void read_route(en_loader *loader, const en_entry *entry, en_text path, en_value value,
                       en_route *route)
{
    if (value.tag != EN_COLLECTION) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, path, "expected a route but got %s",
                          en_tag_name(value.tag));
        return;
    }
    en_value id = en_collection_find(value, EN_TEXT("id"));
    route->has_number = en_read_id(id, &route->number);
    if (!route->has_number && !en_is_missing(id)) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR,
                          en_path_join(loader->scratch, path, EN_TEXT("id")),
                          "expected a whole number as id but got %s", en_tag_name(id.tag));
    }
    en_value label = en_collection_find(value, EN_TEXT("label"));
    if (en_is_empty(label)) {
        label = en_collection_find(value, EN_TEXT("name"));
    }
    route->label = en_value_text(label);
    route->filter = en_collection_find(value, EN_TEXT("filter"));
    en_value conditions = conditions_of(route->filter);
    route->has_conditions = conditions.tag == EN_ARRAY && conditions.length != 0;
    en_value fallback = en_collection_find(value, EN_TEXT("fallback"));
    route->is_fallback = (conditions.tag == EN_ARRAY && conditions.length == 0) ||
                         (fallback.tag == EN_BOOLEAN && fallback.as.boolean);
}

/* Numbers are ids if any route has one, else positions from 1. */
static void number_routes(en_loader *loader, const en_entry *entry, en_route *routes)
{
    bool has_ids = false;
    for (size_t i = 0; i < entry->route_count; i++) {
        has_ids = has_ids || routes[i].has_number;
    }
    for (size_t i = 0; i < entry->route_count && !has_ids; i++) {
        routes[i].has_number = true;
        routes[i].number = (int64_t)i + 1;
    }
    enum { MOST_COMPARED = 64 }; /* more routes are told apart by their first bearer only */
    for (size_t i = 0; i < entry->route_count && i < MOST_COMPARED; i++) {
        for (size_t k = 0; k < i; k++) {
            if (routes[i].has_number && routes[k].has_number &&
                routes[i].number == routes[k].number) {
                en_loader_problem(loader, entry, EN_SEVERITY_ERROR,
                                  en_path_index(loader->scratch, entry->routes_path, i),
                                  "route id %lld is used twice", (long long)routes[i].number);
                break;
            }
        }
    }
}

void en_routes_read(en_loader *loader, en_entry *entry)
{
    entry->routes_path = EN_TEXT("parameters.routes");
    en_value list = en_collection_find(entry->parameters, EN_TEXT("routes"));
    if (en_is_missing(list)) {
        list = en_collection_find(entry->value, EN_TEXT("routes"));
        entry->routes_path = EN_TEXT("routes");
    }
    if (en_is_missing(list)) {
        list = en_collection_find(entry->mapper, EN_TEXT("routes"));
        entry->routes_path = EN_TEXT("mapper.routes");
    }
    if (en_is_missing(list) || list.tag != EN_ARRAY) {
        entry->routes_path = EN_TEXT("parameters");
        en_problem *problem = en_loader_problem(
            loader, entry, en_is_missing(list) ? EN_SEVERITY_WARNING : EN_SEVERITY_ERROR,
            entry->routes_path, "expected a list of routes but got %s",
            en_is_missing(list) ? "none" : en_tag_name(list.tag));
        en_loader_hint(loader, problem, "\"routes\": [{\"label\": …, \"filter\": …}]");
        return;
    }
    en_route *routes = EN_LOADER_ARRAY(loader, en_route, list.length);
    if (routes == NULL) {
        return;
    }
    entry->route_count = list.length;
    entry->routes = routes;
    for (size_t i = 0; i < entry->route_count; i++) {
        read_route(loader, entry, en_path_index(loader->scratch, entry->routes_path, i),
                   list.as.items[i], &routes[i]);
    }
    number_routes(loader, entry, routes);
}
