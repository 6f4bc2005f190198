/* Loops over lists that are longer than memory: an element is there while its bundle is. */
#include "flow/state.h"

/* A mock stands in for the iterator, whatever it walks. */
bool en_feed_is_for(const en_run *run, uint32_t at)
{
    return run->options->feed != NULL && run->options->feed->step == at && run->mocks[at] == NULL;
}

bool en_feed_can_start(const en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    return step->loop_start != EN_NO_INDEX && step->loop_start < step->loop_end && !step->ends_path;
}

bool en_feed_take(en_run *run, en_frame *frame)
{
    const en_feed *feed = frame->feed;
    bool found = false;
    en_value element;
    en_arena *arena = en_twin_renew(run, &frame->arenas);
    run->scope.arena = arena;
    if (!feed->next(feed->owner, arena, &element, &found, &run->error)) {
        return false;
    }
    if (!found) {
        en_run_leave_loop(run, frame);
        return true;
    }
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, arena);
    en_collection_builder_add(&bundle, EN_TEXT("item"), element);
    en_collection_builder_add(&bundle, EN_TEXT("index"), en_number(frame->at + 1.0));
    en_value taken = en_collection_builder_take(&bundle);
    run->slots[run->plan->steps[frame->step].slot] = taken;
    run->report->steps[frame->step].bundles++;
    en_run_keep_trace(run, frame->step, taken);
    run->pc = frame->start;
    return true;
}

static bool commit_group(en_run *run, const en_feed *feed)
{
    return en_run_leave_segment(run) && feed->commit(feed->owner, &run->error);
}

bool en_feed_go_on(en_run *run, en_frame *frame)
{
    const en_feed *feed = frame->feed;
    frame->at++;
    bool is_full = feed->group != 0 && frame->at % feed->group == 0;
    return (!is_full || commit_group(run, feed)) && en_feed_take(run, frame);
}
