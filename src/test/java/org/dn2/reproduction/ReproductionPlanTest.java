package org.dn2.reproduction;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;

class ReproductionPlanTest {

  @Test
  void trainingImagesOfAClassAreNoneOrMore() {
    assertThatThrownBy(
            () -> new ReproductionPlan(EnumSet.of(Experiment.UNIMODAL), List.of(), List.of(), -1))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The number of training images of a class is -1; it must be 0 or more.");
  }
}
