package main

import (
	"image"
	"image/color"
	"math"
)

// box is the side of the squares that pictures are compared by: some letters wide, so that their form does not count.
const box = 16

// A font that is wider, or breaks a line elsewhere, moves what comes after it by so many boxes.
const acrossMoved, downMoved = 3, 3

// tolerance is above what other fonts make of a page, and below what a list that is missing does; see TestDifference.
const tolerance = 1.0

// difference is 0 for pictures that look alike, and 255 for black and white ones.
func difference(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return math.Inf(1)
	}
	x, y := shrink(a), shrink(b)
	return max(x.lacking(y), y.lacking(x))
}

// small has the average color of each box of a picture.
type small struct {
	width, height int
	boxes         [][3]float64
}

func shrink(m image.Image) small {
	r := m.Bounds()
	s := small{width: (r.Dx() + box - 1) / box, height: (r.Dy() + box - 1) / box}
	for y := range s.height {
		for x := range s.width {
			s.boxes = append(s.boxes, average(m, image.Rect(x*box, y*box, (x+1)*box, (y+1)*box).Intersect(r)))
		}
	}
	return s
}

func average(m image.Image, r image.Rectangle) (sum [3]float64) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			sum[0], sum[1], sum[2] = sum[0]+float64(c.R), sum[1]+float64(c.G), sum[2]+float64(c.B)
		}
	}
	for i := range sum {
		sum[i] /= float64(r.Dx() * r.Dy())
	}
	return sum
}

// lacking is how far the other is from having each box of s at its place or near it.
func (s small) lacking(other small) (mean float64) {
	for i, b := range s.boxes {
		mean += other.nearest(b, i%s.width, i/s.width) / float64(len(s.boxes))
	}
	return mean
}

func (s small) nearest(b [3]float64, x, y int) float64 {
	least := math.Inf(1)
	for dy := max(0, y-downMoved); dy <= min(s.height-1, y+downMoved); dy++ {
		for dx := max(0, x-acrossMoved); dx <= min(s.width-1, x+acrossMoved); dx++ {
			other := s.boxes[dy*s.width+dx]
			d := (math.Abs(b[0]-other[0]) + math.Abs(b[1]-other[1]) + math.Abs(b[2]-other[2])) / 3
			least = min(least, d)
		}
	}
	return least
}
