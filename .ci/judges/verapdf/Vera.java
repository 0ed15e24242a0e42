import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.gf.model.GFModelParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.ErrorDetails;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Judges PDF files against PDF/A-2a and PDF/UA-1 with the veraPDF engine. Prints one line for each file and profile, then its
 * faults; the exit status is 1 when any file fails. The jar at hand has no JAXB runtime, which veraPDF itself reads its
 * profiles with: they are read by DOM here.
 */
public class Vera {
    private static final String[] PROFILES = {"PDFA-2A", "PDFUA-1"};

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = files.length > 0;
        for (String name : PROFILES) {
            ValidationProfile profile = profile(name);
            for (String file : files) {
                good &= judge(Path.of(file), name, profile);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean judge(Path file, String name, ValidationProfile profile) {
        try (GFModelParser model = GFModelParser.createModelWithFlavour(file.toFile(), profile.getPDFAFlavour())) {
            // Only failed checks are kept, 20 of each rule at most.
            ValidationResult result = ValidatorFactory.createValidator(profile, 20, false, false, false).validate(model);
            System.out.printf("%-8s %-10s %s, %d checks%n", name, result.isCompliant() ? "compliant" : "REFUSED",
                    file.getFileName(), result.getTotalAssertions());
            for (TestAssertion fault : result.getTestAssertions()) {
                if (fault.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.printf("  clause %s, test %d: %s (%s)%n", fault.getRuleId().getClause(),
                            fault.getRuleId().getTestNumber(), fault.getMessage(), fault.getLocation().getContext());
                }
            }
            return result.isCompliant();
        } catch (Exception unreadable) {
            System.out.printf("%-8s %-10s %s: %s%n", name, "REFUSED", file.getFileName(), unreadable);
            return false;
        }
    }

    private static ValidationProfile profile(String name) throws Exception {
        Document xml;
        try (InputStream in = Profiles.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
            xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : all(xml.getDocumentElement(), "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element it : all(xml.getDocumentElement(), "variable")) {
            variables.add(Profiles.variableFromValues(it.getAttribute("name"), it.getAttribute("object"),
                    text(it, "defaultValue"), text(it, "value")));
        }
        PDFAFlavour flavour = PDFAFlavour.valueOf(xml.getDocumentElement().getAttribute("flavour"));
        return Profiles.profileFromValues(flavour, Profiles.profileDetailsFromValues(name, name, "", null), "", rules,
                variables);
    }

    private static Rule rule(Element rule) {
        Element id = all(rule, "id").get(0);
        RuleId ruleId = Profiles.ruleIdFromValues(PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        List<ErrorArgument> arguments = new ArrayList<>();
        for (Element argument : all(rule, "argument")) {
            arguments.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), ""));
        }
        ErrorDetails error = Profiles.errorFromValues(text(rule, "message"), arguments);
        Boolean deferred = rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
        return Profiles.ruleFromValues(ruleId, rule.getAttribute("object"), deferred, rule.getAttribute("tags"),
                text(rule, "description"), text(rule, "test"), error, List.of());
    }

    private static List<Element> all(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static String text(Element parent, String name) {
        return all(parent, name).get(0).getTextContent();
    }
}
