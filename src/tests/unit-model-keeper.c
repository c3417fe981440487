/* ISC license. */

/* The model test, with -k: worker and keeper execute themselves, and are killed, now
   and then. What was answered is so; connections end with the worker alone.

     unit-model-keeper [OPERATIONS [SEED]] */

#include "support/model.h"

int main (int argc, char const *const *argv)
{
  return model_run(argc, argv, 1500, MODEL_KILLS) ;
}
