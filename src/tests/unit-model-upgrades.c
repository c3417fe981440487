/* ISC license. */

/* The model test, with a holder that executes itself now and then: nobody notices.

     unit-model-upgrades [OPERATIONS [SEED]] */

#include "support/model.h"

int main (int argc, char const *const *argv)
{
  return model_run(argc, argv, 1500, MODEL_UPGRADES) ;
}
