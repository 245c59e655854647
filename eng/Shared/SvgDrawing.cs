using System.Globalization;
using System.Xml.Linq;

namespace ReproGate.Drawing;

/// <summary>A plot of bars, lines and texts as SVG 1.1 (W3C), on white. Lengths are in user units, rounded to a tenth.</summary>
internal sealed class SvgDrawing
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private readonly XElement _root;

    /// <param name="width">How wide the view is.</param>
    /// <param name="height">How high.</param>
    /// <param name="fontSize">The size of texts.</param>
    public SvgDrawing(int width, int height, int fontSize) => _root = new XElement(
        Svg + "svg",
        new XAttribute("viewBox", $"0 0 {width} {height}"),
        new XAttribute("font-family", "sans-serif"),
        new XAttribute("font-size", fontSize),
        new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")));

    /// <param name="x">Where it is anchored.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>: what of the text stands at <paramref name="x"/>.</param>
    /// <param name="text">The text.</param>
    public void Text(double x, double y, string anchor, string text) =>
        _root.Add(new XElement(Svg + "text", new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("text-anchor", anchor), text));

    /// <param name="x">Its left side.</param>
    /// <param name="y">Its upper side.</param>
    /// <param name="width">How wide.</param>
    /// <param name="height">How high.</param>
    /// <param name="colour">What it is filled with.</param>
    public void Bar(double x, double y, double width, double height, string colour) =>
        _root.Add(new XElement(Svg + "rect", new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("width", Number(width)), new XAttribute("height", Number(height)), new XAttribute("fill", colour)));

    /// <param name="x1">Where it begins.</param>
    /// <param name="y1">Where it begins.</param>
    /// <param name="x2">Where it ends.</param>
    /// <param name="y2">Where it ends.</param>
    /// <param name="thickness">How thick.</param>
    public void Line(double x1, double y1, double x2, double y2, double thickness) =>
        _root.Add(new XElement(Svg + "line", new XAttribute("x1", Number(x1)), new XAttribute("y1", Number(y1)), new XAttribute("x2", Number(x2)), new XAttribute("y2", Number(y2)), new XAttribute("stroke", "#222"), new XAttribute("stroke-width", Number(thickness))));

    /// <summary>The drawing as text.</summary>
    public override string ToString() => _root + "\n";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
