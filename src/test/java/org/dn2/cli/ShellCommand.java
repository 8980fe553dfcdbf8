package org.dn2.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command line of the documentation.
 *
 * @param environment what stands before the program, {@code NAME=value}
 * @param words the program and its arguments
 */
record ShellCommand(Map<String, String> environment, List<String> words) {
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");
  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Z][A-Z0-9_]*)=(.*)");
  private static final Pattern SUBMITS =
      Pattern.compile("(?:.*/)?(?:standalone|yarn|kubernetes)\\.sh");

  /** The command lines of a block, comments left out and continued lines joined. */
  static List<ShellCommand> all(String block) {
    List<ShellCommand> commands = new ArrayList<>();
    for (String line : block.replaceAll("\\\\\n\\s*", " ").split("\n", -1)) {
      String text = line.replaceAll("(^|\\s)#.*", "").strip();
      for (String one : text.split(";", -1)) {
        if (!one.isBlank()) {
          commands.add(of(one));
        }
      }
    }
    return commands;
  }

  /** One line. */
  static ShellCommand of(String line) {
    Map<String, String> environment = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      String text = word.group().replaceAll("['\"]", "");
      Matcher assignment = ASSIGNMENT.matcher(text);
      if (words.isEmpty() && assignment.matches()) {
        environment.put(assignment.group(1), assignment.group(2));
      } else if (!(words.isEmpty() && text.equals("time"))) {
        words.add(text);
      }
    }
    return new ShellCommand(environment, words);
  }

  String program() {
    return words.isEmpty() ? "" : words.get(0);
  }

  private List<String> rest(int from) {
    return words.subList(Math.min(from, words.size()), words.size());
  }

  /** The arguments of dn2, by whatever it is started; null where something else is. */
  List<String> ofDn2() {
    if (program().equals("dn2") || program().endsWith("/dn2")) {
      return rest(1).equals(List.of("bench")) ? null : rest(1);
    }
    if (program().endsWith("$SUBMIT") || SUBMITS.matcher(program()).matches()) {
      return rest(1);
    }
    if (program().endsWith("spark-submit")) {
      int main = words.indexOf("--class") + 1;
      if (main > 0 && !words.get(main).equals("org.dn2.Main")) {
        return null;
      }
      int jar = 0;
      while (jar < words.size() && !words.get(jar).endsWith("dn2.jar")) {
        jar++;
      }
      List<String> rest = rest(jar + 1);
      return rest.equals(List.of("...")) ? null : rest;
    }
    if (program().endsWith("submit/nightly.sh")) {
      List<String> night = new ArrayList<>(List.of("nightly", "--conf", "conf/nightly.conf"));
      if (words.size() > 1) {
        night.addAll(List.of("--run-date", words.get(1), "--run-id", words.get(1)));
      }
      night.addAll(rest(2));
      return night;
    }
    return null;
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
