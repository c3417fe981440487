/* ISC license. */

/* The model test (support/model-run.c): what the holder answers, and what it holds.

     unit-model [OPERATIONS [SEED]]

   Compiled with -DMODEL_LARGE the holder has 600 places, and dumps several frames. */

#include "support/model.h"

int main (int argc, char const *const *argv)
{
  return model_run(argc, argv, 5000, MODEL_UNDISTURBED) ;
}
